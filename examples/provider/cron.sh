#!/bin/sh
# From cron on the host that is to have the address, every five minutes: */5 * * * * root cron.sh 203.0.113.100 192.0.2.12
# It asks first, so what is as it should be costs no switch; it is silent unless something is wrong or was changed.
export HAWSER_PROVIDER_KIND="${HAWSER_PROVIDER_KIND:-hetzner-robot}"
export HAWSER_PROVIDER_CREDENTIALS="${HAWSER_PROVIDER_CREDENTIALS:-file:/etc/hawser/robot.cred}"
address=${1:?usage: cron.sh ADDRESS TARGET}
target=${2:?usage: cron.sh ADDRESS TARGET}
said=$(vipctl provider set "$address" "$target" --wait) || exit
case $said in *already) ;; *) echo "$said" ;; esac
