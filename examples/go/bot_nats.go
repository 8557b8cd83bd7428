package main // A bot by NATS: reads prices, one a line, and holds 10 units while it may. Needs github.com/nats-io/nats.go
import ("encoding/json"; "fmt"; "github.com/nats-io/nats.go"; "os"; "time")

func main() {
	trader, cash, units, price, stop := "go-nats", 1000.0, 0.0, 0.0, 0.0
	fmt.Sscan(os.Getenv("TRADER"), &trader)
	fmt.Sscan(os.Getenv("STOP"), &stop) // The bot's own exit asks nobody, and waits for no network.
	connection, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1))
	if err != nil {
		panic(err)
	}
	events, _ := connection.SubscribeSync("risk.*." + trader)
	for n, _ := fmt.Scan(&price); n > 0; n, _ = fmt.Scan(&price) {
		if price <= stop {
			units, cash = 0, cash+units*price
		}
		connection.Publish("equity.tick."+trader, []byte(fmt.Sprintf(`{"equity": %.2f}`, cash+units*price)))
		var last map[string]any // Each tick has its event: none in 5 s allows nothing. Events of other bots may be pushed here.
		for event, err := events.NextMsg(5 * time.Second); err == nil; event, err = events.NextMsg(50 * time.Millisecond) {
			json.Unmarshal(event.Data, &last)
		}
		decision, _ := last["decision"].(map[string]any)
		if units == 0 && price > stop && last["trader"] == trader && decision["status"] == "allowed" {
			units, cash = 10, cash-10*price
		} else if units > 0 && decision["code"] == "limit" { // A limit broke: obey.
			units, cash = 0, cash+units*price
		}
		fmt.Println(price, units, decision["reason"])
	}
}
