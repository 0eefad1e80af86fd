#include "vipd/daemon/run.h"
#include "vipd/foreign_words.h"
#include "vipd/verbs.h"

int main(int argc, char** argv) {
  using namespace hawser;
  const cli::Program program{
      "vipd",
      "the floating-IP daemon: VRRP, addresses, gratuitous ARP",
      {cli::Common::kConfig, cli::Common::kNode, cli::Common::kRuntimeDir, cli::Common::kStateDir,
       cli::Common::kJson},
      {{"run", "", "run the daemon in the foreground", vipd::run_daemon},
       {"check",
        "",
        "judge the file; changes nothing",
        vipd::check,
        {{"--start", "", "only whether vipd would start: with its part of the file, or the last good one"}}},
       {"reload",
        "",
        "make the running daemon read its file again",
        vipd::reload,
        {{"--allow-empty", "", "let go of every vip, if the file has none"}}},
       {"cleanup",
        "",
        "remove the addresses that a vipd that is gone has left",
        vipd::cleanup,
        {{"--dry-run", "", "only say what would be removed"}}}},
      vipd::foreign_words_for_vipd()};
  return cli::run(program, argc, argv);
}
