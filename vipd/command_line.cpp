#include "vipd/command_line.h"

#include "vipd/foreign_words.h"

namespace hawser::vipd {

cli::Program command_line(VerbFunctions verbs) {
  return {
      "vipd",
      "the floating-IP daemon: VRRP, addresses, gratuitous ARP",
      {cli::Common::kConfig, cli::Common::kNode, cli::Common::kRuntimeDir, cli::Common::kStateDir,
       cli::Common::kJson},
      {{"run", "", "run the daemon in the foreground", std::move(verbs.run)},
       {"check",
        "",
        "judge the file; changes nothing",
        std::move(verbs.check),
        {{"--start", "", "only whether vipd would start: with its part of the file, or the last good one"}}},
       {"reload",
        "",
        "make the running daemon read its file again",
        std::move(verbs.reload),
        {{"--allow-empty", "", "let go of every vip, if the file has none"},
         {"--dry-run", "", "only say what would change"}}},
       {"cleanup",
        "",
        "remove the addresses that a vipd that is gone has left",
        std::move(verbs.cleanup),
        {{"--dry-run", "", "only say what would be removed"}}}},
      foreign_words_for_vipd()};
}

}  // namespace hawser::vipd
