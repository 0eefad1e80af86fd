#!/bin/sh
# vipctl provider get 203.0.113.100 --kind exec --program /usr/local/sbin/exec-openstack.sh
# A provider that Hawser has no driver for: a floating IP of OpenStack, led to the port of a server. Targets are names of ports.
# The contract is in vipctl(8). What this does not know it does not guess: whatever fails ends with 1, which is "unknown".
openstack=/usr/bin/openstack
export OS_CLIENT_CONFIG_FILE=/etc/hawser/clouds.yaml OS_CLOUD=hawser
case $1 in
  get)
    port=$("$openstack" floating ip show "$HAWSER_ADDRESS" -f value -c port_id) || exit 1
    case $port in
      None | '') echo - ;; # to nobody
      *) "$openstack" port show "$port" -f value -c name || exit 1 ;;
    esac ;;
  set) "$openstack" floating ip set --port "$2" "$HAWSER_ADDRESS" || exit 1 ;;
  unroute) "$openstack" floating ip unset --port "$HAWSER_ADDRESS" || exit 1 ;;
  *) exit 64 ;;
esac
