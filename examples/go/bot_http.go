package main // A bot by plain HTTP: reads prices, one a line, and holds 10 units while it may. Needs Go alone.
import ("encoding/json"; "fmt"; "net/http"; "os"; "strings")

func read(answer *http.Response, err error) (verdict map[string]any) {
	if err == nil {
		defer answer.Body.Close()
		json.NewDecoder(answer.Body).Decode(&verdict)
	}
	return verdict // No answer allows nothing, and is no reason to sell.
}

func main() {
	trader, cash, units, price, stop := "go-http", 1000.0, 0.0, 0.0, 0.0
	fmt.Sscan(os.Getenv("TRADER"), &trader)
	fmt.Sscan(os.Getenv("STOP"), &stop) // The bot's own exit asks nobody, and waits for no network.
	api, client := os.Getenv("DRAWBRIDGE_URL")+"/api/traders/"+trader, http.Client{Timeout: 5e9} // Nanoseconds.
	for n, _ := fmt.Scan(&price); n > 0; n, _ = fmt.Scan(&price) {
		if price <= stop {
			units, cash = 0, cash+units*price
		}
		tick := strings.NewReader(fmt.Sprintf(`{"equity": %.2f}`, cash+units*price))
		verdict := read(client.Post(api+"/equity", "application/json", tick)) // On this very reading.
		if units == 0 && price > stop && verdict["allowed"] == true {
			units, cash = 10, cash-10*price
		} else if units > 0 && verdict["code"] == "limit" { // A limit broke: obey.
			units, cash = 0, cash+units*price
		}
		fmt.Println(price, units, verdict["reason"])
	}
}
