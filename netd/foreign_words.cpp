#include "netd/foreign_words.h"

namespace hawser::netd {

std::vector<cli::Hint> foreign_words() {
  return {
      {{"test", "validate", "verify", "lint", "configtest", "-t", "--config-test"}, "write 'netd check'"},
      {{"diff", "try", "simulate", "dry-run", "--dry-run"}, "write 'netd plan', which changes nothing"},
      {{"show", "list", "ls", "info"}, "write 'netd status', 'bondctl show' or 'lbctl show'"},
      {{"start", "daemon"}, "write 'netd run', or 'systemctl start netd'"},
      {{"stop", "restart", "force-reload"}, "write 'systemctl stop netd' or 'systemctl restart netd'"},
      {{"up", "down", "ifup", "ifdown", "set"},
       "devices are as the file says: change it and run 'netd reload', or 'netd apply' where no netd runs"},
      {{"rollback", "revert"},
       "write the file as it was and run 'netd reload': netd applies what the file says"},
  };
}

}  // namespace hawser::netd
