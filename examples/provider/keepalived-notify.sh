#!/bin/sh
# keepalived.conf: vrrp_instance VI_1 { .. notify "/etc/keepalived/keepalived-notify.sh 203.0.113.100 192.0.2.12" }
# keepalived adds TYPE NAME STATE PRIORITY. Who becomes MASTER takes the route; nobody gives it up: the next master
# takes it, and until then it is better here than nowhere.
export HAWSER_PROVIDER_KIND="${HAWSER_PROVIDER_KIND:-hetzner-robot}"
export HAWSER_PROVIDER_CREDENTIALS="${HAWSER_PROVIDER_CREDENTIALS:-file:/etc/hawser/robot.cred}"
address=$1 target=$2 state=$5
[ "$state" = MASTER ] || exit 0
vipctl provider set "$address" "$target" --wait 2>&1 | logger -t hawser-provider
