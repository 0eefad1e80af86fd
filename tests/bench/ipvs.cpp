#include <fstream>
#include <thread>

#include "lib/netlink/netlink_kernel.h"
#include "tests/bench/measures.h"
#include "tests/support/failure.h"
#include "tests/support/namespace.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

constexpr auto kLimit = 600s;
constexpr int kRealsEach = 10;
constexpr int kSomethingToDo = 3;

double milliseconds_since(lab::TimePoint begin) {
  return std::chrono::duration<double, std::milli>(lab::Clock::now() - begin).count();
}

std::string virtual_of(int service) {
  return fmt::format("192.0.2.{}:{}", service % 200 + 1, 1000 + service / 200);
}
std::string real_of(int number) {
  return fmt::format("198.51.100.{}:8080", number + 1);
}

// As ipvsadm -S prints them. Of the first `heavier` services one real server weighs more.
std::string rules_of(int services, int heavier) {
  std::string text;
  for (int service = 0; service < services; ++service) {
    const auto key = virtual_of(service);
    text += fmt::format("-A -t {} -s wrr\n", key);
    for (int real = 0; real < kRealsEach; ++real)
      text += fmt::format("-a -t {} -r {} -m -w {}\n", key, real_of(real),
                          real == 0 && service < heavier ? 7 : 1);
  }
  return text;
}

struct Files {
  path plain, heavier, toml;
  int services;
};

Files write_files(const path& folder, int services) {
  std::filesystem::create_directories(folder);
  Files files{folder / "plain", folder / "heavier", folder / "hawser.toml", services};
  std::ofstream(files.plain) << rules_of(services, 0);
  std::ofstream(files.heavier) << rules_of(services, std::min(services, 100));
  return files;
}

lab::Argv lbctl(std::initializer_list<std::string> words) {
  lab::Argv argv{lab::program("lbctl"), "--runtime-dir", "/nonexistent"};
  argv.insert(argv.end(), words);
  return argv;
}

lab::Argv netd(const std::string& verb, const Files& files) {
  const auto folder = files.toml.parent_path().string();
  return {lab::program("netd"), verb,   "--config",    files.toml.string(),
          "--runtime-dir",      folder, "--state-dir", folder};
}

lab::Argv from_file(const std::string& command, const path& file) {
  return {"/bin/sh", "-c", fmt::format("exec {} < {}", command, file.string())};
}

lab::Output run_well(const lab::Namespace& host, const lab::Argv& argv, int status = 0) {
  auto done = host.run(argv, kLimit);
  if (done.status != status)
    lab::give_up("{}: status {}:\n{}", argv.front(), done.status, done.text.substr(0, 2000));
  return done;
}

double timed(const lab::Namespace& host, const lab::Argv& argv, int status = 0) {
  const auto begin = lab::Clock::now();
  run_well(host, argv, status);
  return milliseconds_since(begin);
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// Asked by netlink: /proc/net/ip_vs leaves services out where another namespace has some too, since
// ip_vs_info_seq_next() counts those and ip_vs_info_array() does not.
void expect_services(const lab::Namespace& host, int services) {
  const auto listed = host.check({"/bin/sh", "-c", "ipvsadm -Sn | grep -c '^-A'"}, kLimit);
  if (std::stoi(listed) != services) lab::give_up("{} services where {} should be", listed, services);
}

// What a namespace held is taken apart after it has gone, by the kernel in its own time: not in somebody
// else's measure.
void settle() {
  std::this_thread::sleep_for(3s);
}

// Kilobytes at the most while it ran; VmHWM is the kernel's own high-water mark, read until the end.
long peak_of(const lab::Namespace& host, const lab::Argv& argv) {
  lab::Process process(host, argv);
  long peak = 0;
  while (process.running()) {
    std::ifstream status(fmt::format("/proc/{}/status", process.pid()));
    std::string word;
    long value = 0;
    while (status >> word)
      if (word == "VmHWM:" && status >> value) peak = std::max(peak, value);
    std::this_thread::sleep_for(500us);
  }
  if (const auto status = process.wait(kLimit); status != 0)
    lab::give_up("{}: status {}:\n{}", argv.front(), status.value_or(-1), process.output().substr(0, 2000));
  return peak;
}

// From asking the kernel to its acknowledgement, as netd does it for a verdict: one step on an open socket.
std::vector<double> weight_changes(const lab::Namespace& host, int runs) {
  return host.inside([&] {
    auto kernel = NetlinkKernel::open();
    if (!kernel) lab::give_up("{}", kernel.error().text);
    const auto key = *ServiceKey::parse("tcp " + virtual_of(0));
    const auto real = *Endpoint::parse(real_of(3));
    std::vector<double> times;
    RealServer from;
    for (int i = 0; i < runs; ++i) {
      auto to = from;
      to.weight = 1 + static_cast<std::uint32_t>(i + 1) % 5;
      const auto begin = lab::Clock::now();
      const auto done = kernel->perform(EditReal{key, real, from, to});
      times.push_back(milliseconds_since(begin));
      if (!done) lab::give_up("{}", done.error().text);
      from = to;
    }
    return times;
  });
}

void measure_restores(IpvsTimes& times, const Files& files, int runs) {
  for (int i = 0; i < runs; ++i) {
    {
      const lab::Namespace host("ours");
      times.restore.push_back(timed(host, lbctl({"restore", files.plain.string()})));
      expect_services(host, files.services);
    }
    settle();
    {
      const lab::Namespace host("theirs");
      times.restore_ipvsadm.push_back(timed(host, from_file("ipvsadm -R", files.plain)));
      expect_services(host, files.services);
    }
    settle();
  }
}

void measure_changes(IpvsTimes& times, const Files& files, int runs) {
  const lab::Namespace host("changed");
  run_well(host, lbctl({"restore", files.plain.string()}));
  const auto replace = [&](const path& file, bool dry) {
    return dry ? lbctl({"restore", "--replace", "--dry-run", file.string()})
               : lbctl({"restore", "--replace", file.string()});
  };
  times.steps_same = lines_in(run_well(host, replace(files.plain, true)).text);
  times.steps_changed = lines_in(run_well(host, replace(files.heavier, true), kSomethingToDo).text);
  for (int i = 0; i < runs; ++i) {
    times.same.push_back(timed(host, replace(files.plain, false)));
    times.changed.push_back(timed(host, replace(files.heavier, false)));
    times.changed.push_back(timed(host, replace(files.plain, false)));
  }
}

void measure_edits(IpvsTimes& times, const lab::Namespace& host, int runs) {
  times.edit_step = weight_changes(host, 20 * runs);
  const auto service = virtual_of(1);
  for (int i = 0; i < runs; ++i) {
    const auto weight = std::to_string(20 + i);
    times.edit.push_back(timed(host, lbctl({"edit-real", "tcp", service, real_of(2), "weight=" + weight})));
    times.edit_ipvsadm.push_back(
        timed(host, {"ipvsadm", "-e", "-t", service, "-r", real_of(2), "-m", "-w", std::to_string(90 + i)}));
  }
}

void measure_lists(IpvsTimes& times, const lab::Namespace& host, int runs) {
  const auto quiet = [](const std::string& command) {
    return lab::Argv{"/bin/sh", "-c", "exec " + command + " > /dev/null"};
  };
  const auto ours = lab::program("lbctl") + " --runtime-dir /nonexistent show";
  for (int i = 0; i < runs; ++i) {
    times.list.push_back(timed(host, quiet(ours + " --format ipvsadm")));
    times.list_ipvsadm.push_back(timed(host, quiet("ipvsadm -Ln")));
    times.show.push_back(timed(host, quiet(ours)));
  }
}

void measure_netd(IpvsTimes& times, const Files& files, const lab::Namespace& filled) {
  const auto saved = filled.run(lbctl({"save", "--format", "toml"}), kLimit);
  std::ofstream(files.toml) << saved.text;
  times.netd_plan = timed(filled, netd("plan", files));
  const lab::Namespace host("netd");
  times.netd_apply = timed(host, netd("apply", files));
  expect_services(host, files.services);
}

// Of a netd that keeps the table, once all of it is there.
long resident_of_netd(const lab::Namespace& host, const Files& files) {
  lab::Process process(host, netd("run", files));
  const auto limit = lab::Clock::now() + kLimit;
  const std::string services = fmt::format("[ $(ipvsadm -Sn | grep -c '^-A') = {} ]", files.services);
  while (host.run({"/bin/sh", "-c", services}, kLimit).status != 0) {
    if (lab::Clock::now() > limit || !process.running())
      lab::give_up("netd: the table is not there: {}", process.output().substr(0, 2000));
    std::this_thread::sleep_for(1s);
  }
  settle();
  std::ifstream status(fmt::format("/proc/{}/status", process.pid()));
  std::string word;
  long kilobytes = 0;
  while (status >> word)
    if (word == "VmRSS:") status >> kilobytes;
  process.signal(SIGTERM);
  process.wait(kLimit);
  return kilobytes;
}

void measure_memory(IpvsTimes& times, const Files& files, const lab::Namespace& filled) {
  {
    const lab::Namespace host("ours");
    times.peaks.emplace_back("lbctl restore", peak_of(host, lbctl({"restore", files.plain.string()})));
  }
  {
    const lab::Namespace host("theirs");
    times.peaks.emplace_back("ipvsadm -R", peak_of(host, from_file("ipvsadm -R", files.plain)));
  }
  times.peaks.emplace_back("lbctl show --format ipvsadm",
                           peak_of(filled, lbctl({"show", "--format", "ipvsadm"})));
  times.peaks.emplace_back("ipvsadm -Ln", peak_of(filled, {"ipvsadm", "-Ln"}));
  times.peaks.emplace_back("netd plan", peak_of(filled, netd("plan", files)));
  const lab::Namespace host("kept");
  times.peaks.emplace_back("netd run, keeping it", resident_of_netd(host, files));
}

}  // namespace

IpvsTimes ipvs_times(const path& folder, int services, int runs) {
  const auto files = write_files(folder, services);
  IpvsTimes times;
  measure_restores(times, files, runs);
  measure_changes(times, files, runs);
  const lab::Namespace host("filled");
  run_well(host, lbctl({"restore", files.plain.string()}));
  measure_edits(times, host, runs);
  measure_lists(times, host, runs);
  measure_netd(times, files, host);
  measure_memory(times, files, host);
  return times;
}

}  // namespace hawser::bench
