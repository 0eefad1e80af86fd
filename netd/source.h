// Where netd's configuration comes from: the file, or the last good one when the file is broken (DESIGN 5).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/cli/command.h"
#include "lib/config/load.h"
#include "lib/config/ports.h"
#include "lib/plan/plan.h"
#include "netd/emptiness.h"
#include "netd/journal.h"

namespace hawser::netd {

struct Reading {
  std::vector<config::Source> sources;
  config::Config config;
  std::vector<config::Effective> effective;
  std::vector<config::Problem> problems;  // empty: `config` may be used
  std::vector<config::Problem> notes;     // what works, but probably not as meant
  [[nodiscard]] bool good() const { return problems.empty(); }
};

// What is in use, and how the file was when it was last read.
struct ConfigStatus {
  std::string file;
  bool last_good = false;                 // the kept file is in use
  std::vector<config::Problem> problems;  // of the file as it was last read
};

// The file of --config for the node of --node, /etc/hawser/node or the host's name. netd runs by its own
// part; who asks whether the file is good wants to know all of it.
Reading read_file_of(const cli::Arguments& arguments, config::Part part = config::Part::kNetd);
// The same for who will apply it: a file that would leave nothing of what there is has a problem too. `held`
// is asked only where it may come to that.
Reading read_file_over(const cli::Arguments& arguments, const std::function<Holdings()>& held);
// The file that was kept; its problems say why there is none.
Reading read_last_good_of(const cli::Arguments& arguments);
// A reading whose only problem is that there is nothing to judge.
Reading unreadable(const std::filesystem::path& file, const Error& why);
Reading judge_sources(std::vector<config::Source> sources, const config::NodeChoice& node, config::Part part,
                      config::Emptiness emptiness = config::Emptiness::kRefused);

// What earlier runs made since this machine was booted; an unreadable journal is an error, a missing one is
// empty.
Result<Made> read_journal(const cli::Arguments& arguments);
// What netd made and holds here, by the journal and the kernel; what cannot be read counts as nothing.
Holdings held_here(const cli::Arguments& arguments, Kernel& kernel);
Status write_journal(const cli::Arguments& arguments, const std::string& text);
// The kernel's name for the time since it was booted; empty when it does not say.
std::string boot_id();

// udev's ID_PATH of each network device that sits on a PCI bus: "pci-0000:01:00.0" -> "eth0".
config::DevicesByPath devices_by_path();

// Where they are missing: under systemd the unit makes them, by hand we do.
void make_directories(const cli::Arguments& arguments);

std::filesystem::path control_socket(const cli::Arguments& arguments);

}  // namespace hawser::netd
