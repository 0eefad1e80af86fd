#include "bondctl/program.h"

#include "bondctl/drill/drill.h"
#include "bondctl/show.h"
#include "bondctl/watch.h"

namespace hawser::bondctl {

namespace {

// Of ifenslave, teamdctl, nmcli and ip.
std::vector<cli::Hint> foreign_words() {
  return {
      {{"list", "ls", "status", "state", "info", "get", "dump", "view"}, "write 'bondctl show'"},
      {{"add", "create", "enslave", "attach", "detach", "release", "remove", "del", "delete", "port", "slave",
        "-a", "--all-interfaces", "-d", "--detach"},
       "a bond has the ports of the file: change ports in its [bond.NAME] and run 'netd reload'"},
      {{"active", "activate", "change-active", "failover", "switch", "-c", "--change-active"},
       "the kernel and netd's bond guard choose the active port: write primary in its [bond.NAME] and run "
       "'netd reload'"},
      {{"set", "change", "modify", "mode", "config", "up", "down"},
       "bonds are as the file says: change its [bond.NAME] and run 'netd reload'"},
      {{"monitor", "follow", "events", "tail"}, "write 'bondctl watch'"},
      {{"log", "history", "journal", "explain", "reason", "debug"},
       "write 'bondctl why BOND', or read 'journalctl -u netd'"},
      {{"test", "failover-test", "pull", "measure"}, "write 'bondctl drill BOND'"},
      {{"check", "plan", "apply", "reload"}, "write 'netd {}'"},
      {{"bond*"}, "a verb comes first, as in 'bondctl show bond0'"},
  };
}

}  // namespace

const cli::Program& program() {
  static const cli::Program instance{
      .name = "bondctl",
      .summary = "what the bonds of this host do, with or without netd",
      .options = {cli::Common::kRuntimeDir, cli::Common::kJson},
      .verbs = {{"show", "[BOND]", "each bond, its ports and what monitors them, as the kernel has it", show},
                {"watch", "[BOND]", "what happens to bonds from now on, a line each, until Ctrl-C", watch},
                {"why", "BOND", "why this port is active and the others are not, and what happened", why},
                {"drill", "BOND", "take each port down in turn and measure what that costs", drill_verb,
                 drill_options()}},
      .hints = foreign_words()};
  return instance;
}

}  // namespace hawser::bondctl
