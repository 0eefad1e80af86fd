#!/bin/sh
# /etc/ha.d/resource.d/provider; in haresources: node1 provider::203.0.113.100::192.0.2.11
# Heartbeat wants start to end when the resource is here, stop to succeed, and status to print whether it runs.
export HAWSER_PROVIDER_KIND="${HAWSER_PROVIDER_KIND:-hetzner-robot}"
export HAWSER_PROVIDER_CREDENTIALS="${HAWSER_PROVIDER_CREDENTIALS:-file:/etc/hawser/robot.cred}"
address=$1 target=$2 action=$3
case $action in
  start) exec vipctl provider set "$address" "$target" --wait ;;
  stop) exit 0 ;; # the other node's start takes it
  status)
    # Exit 3: it leads elsewhere. 1: nobody knows, which is neither running nor stopped.
    vipctl provider set "$address" "$target" --dry-run > /dev/null
    case $? in 0) echo running ;; 3) echo stopped ;; *) exit 1 ;; esac ;;
  *) echo "usage: $0 ADDRESS TARGET start|stop|status" >&2; exit 2 ;;
esac
