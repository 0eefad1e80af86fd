// netd: the controller of links, addresses, routes and IPVS services. The table of its verbs.
#include "lib/answer/confirm.h"
#include "lib/answer/events.h"
#include "lib/answer/plan.h"
#include "lib/cli/command.h"
#include "netd/daemon.h"
#include "netd/foreign_words.h"
#include "netd/runner/service.h"
#include "netd/verbs.h"

namespace {

using namespace hawser;

const cli::Option kAllowEmpty{"--allow-empty", "", "take away every link or service, if the file has none"};

cli::Program program() {
  using cli::Common;
  return {
      "netd",
      "keeps links, addresses, routes and IPVS services as the file says",
      {Common::kConfig, Common::kNode, Common::kRuntimeDir, Common::kStateDir, Common::kJson},
      {
          {"run", "", "run as a daemon", netd::run_daemon, {kAllowEmpty}},
          {"check",
           "",
           "say what is wrong with the file",
           netd::check,
           {{"--all-nodes", "", "judge it for every node"}}},
          {"plan", "", "print what would be changed; exit 3 if anything", netd::plan_verb, {kAllowEmpty}},
          {"apply",
           "",
           "change it once, without a daemon; all or nothing",
           netd::apply_verb,
           {{"--dry-run", "", "only print what would be changed"},
            {"--keep-going", "", "keep what could be done when something is refused"},
            answer::kAllowInterruption,
            answer::kConfirm,
            kAllowEmpty}},
          {"dump", "", "print every setting in effect and where it comes from", netd::dump},
          {"status", "", "ask the running netd how things are; exit 3 if not as they should be",
           netd::status},
          {"reload", "", "make the running netd read its file again", netd::reload, {kAllowEmpty}},
          answer::events_verb("netd", "netd"),
          {"runner", "[status|reload]",
           "run what the file has run for vipd (hawser-runner.service), or say how it is", netd::runner_verb},
      },
      netd::foreign_words(),
  };
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run(program(), argc, argv);
}
