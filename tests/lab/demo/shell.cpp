#include "tests/lab/demo/shell.h"

#include <csignal>
#include <fstream>

#include <pthread.h>
#include <unistd.h>

#include "tests/support/failure.h"

namespace hawser::demo {
namespace {

void write_variables(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) lab::give_up("{}: cannot be written", path.string());
}

}  // namespace

int keep_for_shell(Site& site, const std::filesystem::path& folder) {
  sigset_t ending;
  ::sigemptyset(&ending);
  ::sigaddset(&ending, SIGTERM);
  ::sigaddset(&ending, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const std::string file = (folder / "hawser.toml").string();
  for (LoadBalancer* balancer : {&site.lb1(), &site.lb2()})
    write_variables(folder / ("env-" + balancer->name()), balancer->variables());
  // Last: whoever waits for it may begin.
  write_variables(folder / "env", fmt::format("LAB_PID={}\nLAB_CONFIG={}\nLAB_ADDRESS={}\nLAB_PORT=80\n",
                                              ::getpid(), file, lab::address::kFloating));
  int which = 0;
  ::sigwait(&ending, &which);
  return 0;
}

}  // namespace hawser::demo
