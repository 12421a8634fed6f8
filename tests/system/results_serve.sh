#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `oio results serve`: what it answers to curl and to a headless browser, and what it does not answer. Exit status 77: skipped.
. "$(dirname "$0")/trace_shell.sh"
. "$(dirname "$0")/browser_shell.sh"
if [ -z "$browser" ] || ! command -v curl >/dev/null; then
  echo "skipped: chromium or curl is not installed"
  exit 77
fi
server=
trap '[ -z "$server" ] || kill -KILL $server 2>/dev/null || true; rm -rf "$folder"' EXIT

# serves ARGUMENT...: in the background; its process in server, where it is in address.
serves() {
  : >said
  "$oio" results serve "$@" >said 2>stderr &
  server=$!
  for _ in $(seq 600); do
    grep -q . said && break
    kill -0 $server 2>/dev/null || fail "it has ended: $(cat stderr)"
    sleep 0.05
  done
  address=$(cat said)
}
# ends SIGNAL: so it ends, with 0, and nobody listens any more.
ends() {
  kill "-$1" $server
  got=0
  wait $server || got=$?
  server=
  same 0 "$got"
  ! curl -s -m 30 "$address" >/dev/null || fail "something still answers"
}
# asks STATUS ARGUMENT...: of curl; the page in page, its head in head.
asks() {
  want=$1
  shift
  same "$want" "$(curl -s -m 30 --noproxy '*' -o page -D head -w '%{http_code}' "$@")"
}

"$oio" sweep --over load=0.2:0.8:0.2 --over optical.length_m=1,10 --generate poisson --messages 300 --db runs.db --quiet

sentence "it prints an address of 127.0.0.1 and listens on that alone; what it shows is the page of oio results html"
serves runs.db --title 'A <b>study</b>' --where 'load<0.7'
echo "$address" | grep -qE '^http://127\.0\.0\.1:[0-9]+/$' || fail "it prints '$address'"
port=${address##*:}
port=${port%/}
same "$(printf '0100007F:%04X' "$port")" "$(awk -v port="$(printf ':%04X' "$port")" '$4 == "0A" && index($2, port) { print $2 }' /proc/net/tcp /proc/net/tcp6)"
asks 200 "$address"
"$oio" results html runs.db --title 'A <b>study</b>' --where 'load<0.7' -o want.html
cmp page want.html || fail "it is another page"
grep -qi '^content-type: text/html; charset=utf-8' head && grep -qi "^content-security-policy: default-src 'none'" head && grep -qi '^cache-control: no-store' head || fail "$(cat head)"
! grep -qi '^access-control' head || fail "$(cat head)"
asks 200 "http://localhost:$port/"

sentence "it answers GET / alone, and only to who asks for its address"
for method in HEAD POST PUT DELETE OPTIONS; do
  if [ $method = HEAD ]; then asks 405 -I "$address"; else asks 405 -X $method "$address"; fi
  grep -qi '^allow: GET' head || fail "$method: $(cat head)"
done
asks 405 --data-binary @runs.db "$address"
for path in favicon.ico runs.db ../runs.db %2e%2e/runs.db /; do asks 404 --path-as-is "$address$path"; done
for host in evil.example "evil.example:$port" 127.0.0.1 "127.0.0.1:1" "127.0.0.1:$port.evil.example" "0.0.0.0:$port"; do
  asks 403 -H "Host: $host" "$address"
  ! grep -q latency page || fail "Host $host gets the page"
done
asks 403 --http1.0 -H 'Host:' "$address"

sentence "a port that another has is refused, and so is what is no port or another interface"
for wrong in "cannot be listened on: Address already in use|--port $port" "whole number, 1..65535|--port 0" "whole number, 1..65535|--port 65536" "is no option|--bind 0.0.0.0"; do
  got=0
  timeout 30 "$oio" results serve runs.db ${wrong#*|} >stdout 2>stderr.wrong || got=$?
  same 2 "$got"
  same 1 "$(wc -l <stderr.wrong)"
  grep -q -- "${wrong%%|*}" stderr.wrong || fail "$(cat stderr.wrong)"
done
ends INT
serves runs.db --port "$port" # the same again, at once
same "http://127.0.0.1:$port/" "$address"

sentence "at the port of http, which clients leave out, it answers to its names without one, and to no other"
ends INT
: >said
"$oio" results serve runs.db --port 80 >said 2>stderr.80 &
server=$!
until grep -q . said || ! kill -0 $server 2>/dev/null; do sleep 0.05; done
if grep -q . said; then
  address=$(cat said)
  same "http://127.0.0.1:80/" "$address"
  for name in 127.0.0.1 localhost; do
    asks 200 "http://$name/"
    asks 200 -H "Host: $name:80" "$address"
  done
  for host in evil.example 127.0.0.1:8080 127.0.0.1.evil.example; do asks 403 -H "Host: $host" "$address"; done
  ends INT
else
  wait $server || true
  server=
  grep -q "127.0.0.1 port 80: cannot be listened on" stderr.80 || fail "$(cat stderr.80)"
  echo "left out: $(cat stderr.80)"
fi
serves runs.db

sentence "a browser draws it, under what the server forbids it; runs added meanwhile are there the next time"
looked() {
  timeout 100 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --no-proxy-server \
    --window-size=1280,1000 --user-data-dir="$folder/profile" --virtual-time-budget=20000 --dump-dom "$address" >dom 2>/dev/null || fail "the browser gave up"
}
looked
grep -q '<b>8 of 8 runs</b>' dom || fail "$(grep -o '<b>[^<]*runs</b>' dom)"
[ "$(grep -o '<canvas' dom | wc -l)" -ge 2 ] || fail "no charts"
"$oio" sweep --over load=0.3:0.7:0.2 --generate poisson --messages 300 --db runs.db --quiet
looked
grep -q '<b>11 of 11 runs</b>' dom || fail "$(grep -o '<b>[^<]*runs</b>' dom)"

sentence "a database that has gone is told of, to both, and comes back"
mv runs.db away.db
asks 500 "$address"
grep -q "runs.db: cannot be read: No such file" page && grep -q "^oio results serve: runs.db: cannot be read" stderr || fail "$(cat page stderr)"
mv away.db runs.db
asks 200 "$address"
ends TERM
[ -z "$(ls out)" ] || fail "left behind: $(ls out)"
