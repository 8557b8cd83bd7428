#!/bin/sh
# A bot by plain HTTP: reads whole prices, one a line, and holds 10 units while it may. Needs curl.
api="${DRAWBRIDGE_URL:-http://127.0.0.1:8081}/api/traders/${TRADER:-shell-http}"
cash=1000
units=0
stop=${STOP:-0} # The bot's own exit: it sells at this price or below.

# The token goes in by standard input, where no list of processes shows it.
call() {
  echo "${DRAWBRIDGE_TOKEN:+header = \"Authorization: Bearer $DRAWBRIDGE_TOKEN\"}" |
    curl --silent --show-error --max-time 5 --config - "$@"
}

while read -r price; do
  # An exit asks nobody and waits for no network: reducing is always allowed.
  [ "$price" -le "$stop" ] && cash=$((cash + units * price)) units=0
  # The verdict on this very reading. No answer allows nothing, and is no reason to sell.
  verdict=$(call --data "{\"equity\": $((cash + units * price))}" "$api/equity")
  case "$units $verdict" in
    '0 '*'"allowed":true'*) [ "$price" -gt "$stop" ] && cash=$((cash - 10 * price)) units=10 ;;
    '10 '*'"code":"limit"'*) cash=$((cash + 10 * price)) units=0 ;; # A limit broke: obey.
  esac
  echo "$price $units $verdict"
done
