#!/bin/bash
# A bot by NATS: reads whole prices, one a line, and holds 10 units while it may. Needs bash alone, which speaks TCP.
trader=${TRADER:-shell-nats} server=${NATS_URL:-nats://127.0.0.1:4222} server=${server#nats://}
cash=1000 units=0 seq=0 stop=${STOP:-0} # At the price STOP or below, the bot sells by itself.
send() { printf '%s\r\n' "$@" >&3; }

# Reads the decision on the last tick: each tick has its event. None within 5 s allows nothing.
hear() {
  decision='no decision within 5 s'
  while read -r -t 5 line <&3; do
    case $line in
      PING*) send PONG ;;
      *"\"trader\":\"$trader\","*"\"tickSeq\":$seq,"*) decision=${line#*\"decision\":} decision=${decision%%\}*} && return ;;
    esac
  done
}

exec 3<>"/dev/tcp/${server%:*}/${server##*:}" || exit 1
send 'CONNECT {"verbose":false}' "SUB risk.*.$trader 1"
while read -r price; do
  ((price <= stop)) && cash=$((cash + units * price)) units=0 # An exit asks nobody: reducing is always allowed.
  tick="{\"equity\":$((cash + units * price)),\"seq\":$((seq += 1))}"
  send "PUB equity.tick.$trader ${#tick}" "$tick" && hear || exit 1 # Whoever runs it starts it again.
  case "$units $decision" in
    '0 '*'"status":"allowed"'*) ((price > stop)) && cash=$((cash - 10 * price)) units=10 ;;
    '10 '*'"code":"limit"'*) cash=$((cash + 10 * price)) units=0 ;; # A limit broke: obey.
  esac
  echo "$price $units $decision"
done
