#include "vipd/foreign_words.h"

namespace hawser::vipd {

std::vector<cli::Hint> foreign_words_for_vipd() {
  return {
      {{"test", "validate", "verify", "lint", "configtest", "-t", "--config-test"}, "write 'vipd check'"},
      {{"status", "show", "list", "ls", "info"}, "write 'vipctl status'"},
      {{"is-active"}, "write 'vipctl is-active NAME'"},
      {{"start", "daemon", "-n", "--dont-fork", "-D", "-l", "--log-console"},
       "write 'vipd run': it stays in the foreground and logs to standard error"},
      {{"-f", "--use-file"}, "write '--config FILE'"},
      {{"stop"}, "write 'systemctl stop vipd', which hands every vip over"},
      {{"restart"}, "write 'vipctl restart', which keeps roles and addresses"},
      {{"plan", "apply", "dump"}, "write 'netd {}'"},
  };
}

std::vector<cli::Hint> foreign_words_for_vipctl() {
  return {
      {{"show", "list", "ls", "info", "state"}, "write 'vipctl status'"},
      {{"is-master", "master", "active"}, "write 'vipctl is-active NAME'"},
      {{"failover", "switch", "switchover", "move", "migrate", "relocate"},
       "write 'vipctl handover NAME', which gives the role to another router; where a provider routes the "
       "address, "
       "'vipctl provider set ADDRESS TARGET'"},
      {{"garp", "gratuitous", "arp", "reannounce"}, "write 'vipctl announce [NAME]'"},
      {{"history", "explain", "reason"}, "write 'vipctl why NAME', or 'vipctl events'"},
      {{"takeover", "promote"}, "write 'vipctl take NAME'"},
      {{"demote", "yield", "standby", "stop"},
       "write 'vipctl handover NAME', or 'vipctl release' for every vip of this host"},
      {{"set"},
       "the highest priority holds a vip: change priority in its [vip.NAME] and run 'vipd reload', or write "
       "'vipctl "
       "take NAME'"},
      {{"start", "run"}, "write 'systemctl start vipd'"},
      {{"reload", "check", "cleanup"}, "write 'vipd {}'"},
  };
}

}  // namespace hawser::vipd
