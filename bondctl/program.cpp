#include "bondctl/program.h"

#include "bondctl/change/apply_verb.h"
#include "bondctl/change/change_verbs.h"
#include "bondctl/change/drain_verbs.h"
#include "bondctl/change/migrate_verb.h"
#include "bondctl/drill/drill.h"
#include "bondctl/ifupdown/ifupdown.h"
#include "bondctl/import/verb.h"
#include "bondctl/show/save_verb.h"
#include "bondctl/show/show.h"
#include "bondctl/show/watch.h"
#include "lib/answer/confirm.h"
#include "lib/answer/plan.h"

namespace hawser::bondctl {

namespace {

// Of ifenslave, teamdctl, nmcli and ip.
std::vector<cli::Hint> foreign_words() {
  return {
      {{"list", "ls", "status", "state", "info", "get", "dump", "view"}, "write 'bondctl show'"},
      {{"enslave", "attach", "port", "slave", "-a", "--all-interfaces"}, "write 'bondctl add BOND PORT'"},
      {{"detach", "release", "-d", "--detach"}, "write 'bondctl remove BOND PORT'"},
      {{"del", "destroy"}, "write 'bondctl delete BOND'"},
      {{"active", "activate", "change-active", "failover", "-c", "--change-active"},
       "write 'bondctl switch BOND PORT'"},
      {{"change", "modify", "mode", "config"},
       "write 'bondctl set BOND KEY=VALUE', as in mode=active-backup"},
      {{"evacuate", "disable", "maintenance", "offline"}, "write 'bondctl drain BOND PORT'"},
      {{"enable", "online"}, "write 'bondctl undrain BOND PORT'"},
      {{"move"}, "write 'bondctl migrate DEVICE --into BOND'"},
      {{"up", "down"}, "write 'bondctl set BOND up=on' (or off)"},
      {{"monitor", "follow", "events", "tail"}, "write 'bondctl watch'"},
      {{"log", "history", "journal", "explain", "reason", "debug"},
       "write 'bondctl why BOND', or read 'journalctl -u netd'"},
      {{"test", "failover-test", "pull", "measure"}, "write 'bondctl drill BOND'"},
      {{"convert", "read", "from"}, "write 'bondctl import'"},
      {{"ifup", "ifdown", "ifquery"}, "run '{}' itself: its hooks are ours, see bondctl(8), IFUPDOWN"},
      {{"check", "plan", "reload"}, "write 'netd {}'"},
      {{"bond*"}, "a verb comes first, as in 'bondctl show bond0'"},
  };
}

}  // namespace

const cli::Program& program() {
  static const cli::Option dry_run{"--dry-run", "", "say what would be done, and what it costs"};
  static const std::vector<cli::Option> changing{dry_run, answer::kAllowInterruption, answer::kConfirm};
  static const cli::Program instance{
      .name = "bondctl",
      .summary = "bonds by hand: make, change, watch, test; with or without netd",
      .options = {cli::Common::kRuntimeDir, cli::Common::kJson},
      .verbs =
          {{"show", "[BOND]", "each bond, its ports and what monitors them, as the kernel has it", show},
           {"watch", "[BOND]", "what happens to bonds from now on, a line each, until Ctrl-C", watch},
           {"why", "BOND", "why this port is active and the others are not, and what happened", why},
           {"create", "BOND SETTING...", "make a bond: mode=active-backup ports=eth0,eth1 ..", create_verb,
            changing},
           {"set", "BOND SETTING...",
            "change settings, and nothing else: miimon=50ms ports+=eth2 eth1.prio=10", set_verb, changing},
           {"add", "BOND PORT...", "add ports, with settings of theirs: eth2 prio=10", add_verb, changing},
           {"remove", "BOND PORT...", "take ports out; they are down afterwards", remove_verb, changing},
           {"switch",
            "BOND PORT",
            "make a port the active one, until something is preferred to it",
            switch_verb,
            {dry_run, answer::kConfirm}},
           {"drain", "BOND PORT", "free a port of traffic, its link left up, to work on cable or switch",
            drain_verb, changing},
           {"undrain", "BOND PORT", "give a drained port its part back", undrain_verb, changing},
           {"migrate", "DEVICE [SETTING...]",
            "make a live interface a port of a bond, which gets its addresses, routes, VLANs", migrate_verb,
            migrate_options()},
           {"apply", "[BOND...]", "the bonds of the file, with what is on them, and nothing else of it",
            apply_verb, apply_options()},
           {"delete", "BOND", "delete a bond; its ports are down afterwards", delete_verb, changing},
           {"confirm",
            "",
            "keep what was changed with --confirm",
            answer::confirm_verb,
            {{"--dry-run", "", "say what waits, and how long"}}},
           {"save", "[BOND]", "the running bonds as a file for netd, with what is on them", save_verb},
           {"import",
            "[PATH...]",
            "ifupdown's and networkd's files as a file for netd, and what of them it cannot say",
            import_verb,
            {{"--root", "DIR", "read the host below DIR in place of this one"}}},
           {"ifupdown", "", "what ifup and ifdown call: bonds of /etc/network/interfaces", ifupdown_verb},
           {"drill", "BOND", "take each port down in turn and measure what that costs", drill_verb,
            drill_options()}},
      .hints = foreign_words()};
  return instance;
}

}  // namespace hawser::bondctl
