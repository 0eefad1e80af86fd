#include <fstream>

#include "tests/bench/measures.h"
#include "tests/support/failure.h"
#include "tests/support/namespace.h"
#include "tests/support/process.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 300s;

// Each of two cards that the same file makes.
std::string file_of(int bonds) {
  std::string text = "format = 1\n";
  for (int i = 0; i < bonds; ++i)
    text += fmt::format(
        "[link.d{0}a]\nkind = \"dummy\"\n[link.d{0}b]\nkind = \"dummy\"\n"
        "[bond.b{0}]\nmode = \"active-backup\"\nports = [\"d{0}a\", \"d{0}b\"]\nmiimon = \"100ms\"\n",
        i);
  return text;
}

// The same by hand, as lines of `ip -batch`.
std::string batch_of(int bonds) {
  std::string text;
  for (int i = 0; i < bonds; ++i)
    text += fmt::format(
        "link add d{0}a type dummy\nlink add d{0}b type dummy\n"
        "link add b{0} type bond mode active-backup miimon 100\n"
        "link set d{0}a master b{0}\nlink set d{0}b master b{0}\nlink set b{0} up\n",
        i);
  return text;
}

// `status`: what it answers when all is well.
double seconds_of(const lab::Namespace& host, const lab::Argv& argv, int status) {
  const auto begin = lab::Clock::now();
  const auto done = host.run(argv, kLimit);
  const auto end = lab::Clock::now();
  if (done.status != status) lab::give_up("{}: status {}:\n{}", argv.front(), done.status, done.text);
  return std::chrono::duration<double>(end - begin).count();
}

lab::Argv netd(const std::string& verb, const std::filesystem::path& folder) {
  lab::Argv argv{
      lab::program("netd"), verb,          "--config",     (folder / "hawser.toml").string(), "--runtime-dir",
      folder.string(),      "--state-dir", folder.string()};
  if (verb == "apply") argv.emplace_back("--allow-interruption");
  return argv;
}

}  // namespace

ManyBonds many_bonds(const std::filesystem::path& folder, int bonds) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "hawser.toml") << file_of(bonds);
  std::ofstream(folder / "batch") << batch_of(bonds);
  constexpr int kSomethingToDo = 3;
  ManyBonds times;
  {
    const lab::Namespace host("lb1");
    times.plan = seconds_of(host, netd("plan", folder), kSomethingToDo);
    times.apply = seconds_of(host, netd("apply", folder), 0);
    times.nothing_to_do = seconds_of(host, netd("plan", folder), 0);
  }
  const lab::Namespace host("lb2");
  times.by_hand = seconds_of(host, {"ip", "-batch", (folder / "batch").string()}, 0);
  return times;
}

}  // namespace hawser::bench
