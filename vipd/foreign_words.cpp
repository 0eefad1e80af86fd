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
      {{"failover", "switch", "switchover", "move", "migrate", "relocate", "takeover", "promote", "demote",
        "release", "yield", "standby", "stop", "set"},
       "the highest priority holds a vip: change priority in its [vip.NAME] and run 'vipd reload'; "
       "'systemctl "
       "stop vipd' hands every vip of this host over"},
      {{"start", "run"}, "write 'systemctl start vipd'"},
      {{"reload", "check", "cleanup"}, "write 'vipd {}'"},
  };
}

}  // namespace hawser::vipd
