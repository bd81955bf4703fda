#!/bin/sh
# Starts the broker on what `commune-radio broker-files` made for it, and gives it those files again when they change: a
# certificate that was renewed, the list of those that were revoked.
set -eu

given=/mosquitto/given
own=/mosquitto/tls
accounts=/mosquitto/data/dynamic-security.json
owner=mosquitto

lay_out() {
    for name in loudspeakers.pem centre.pem broker.pem broker.key revoked.pem; do
        install -m 0400 -o "$owner" "$given/$name" "$own/$name"
    done
}

changed() {
    for name in broker.pem broker.key revoked.pem; do
        cmp -s "$given/$name" "$own/$name" || return 0
    done
    return 1
}

# The broker keeps its accounts itself, from change to change. Where it has none, or the power went while it wrote them,
# it begins with the conductor's copy.
start() {
    whole=$(tail -n 1 "$accounts" 2>/dev/null || true)
    [ "$whole" = "}" ] || install -m 0600 -o "$owner" "$given/dynamic-security.json" "$accounts"
    mosquitto -c /mosquitto/config/mosquitto.conf &
    broker=$!
}

lay_out
start
trap 'kill -TERM "$broker"' TERM INT
while true; do
    while kill -0 "$broker" 2>/dev/null; do
        sleep 2 &
        wait $! || true
        if changed; then
            lay_out
            kill -HUP "$broker"
        fi
    done
    status=0
    wait "$broker" || status=$?
    # Started again after a fault of its own: 2.0.11 was seen to end by one at SIGHUP while somebody came in.
    [ "$status" -eq 139 ] || exit "$status"
    start
done
