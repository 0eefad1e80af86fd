#include "netd/source.h"

#include <cerrno>

#include <unistd.h>

#include "lib/base/atomic_file.h"

namespace hawser::netd {
namespace {

constexpr const char* kBootIdFile = "/proc/sys/kernel/random/boot_id";

std::string first_word(const std::string& text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_first_of(" \t\r\n", from) - from);
}

config::Emptiness emptiness_of(const cli::Arguments& arguments) {
  return arguments.has("--allow-empty") ? config::Emptiness::kAllowed : config::Emptiness::kRefused;
}

std::filesystem::path journal_file(const cli::Arguments& arguments) {
  return arguments.state_dir / "netd.journal";
}

}  // namespace

Reading unreadable(const std::filesystem::path& file, const Error& why) {
  return {{},
          {},
          {},
          {config::Problem{.file = file.string(), .line = 0, .column = 0, .key = {}, .what = why.text}},
          {}};
}

Reading judge_sources(std::vector<config::Source> sources, const config::NodeChoice& node, config::Part part,
                      config::Emptiness emptiness) {
  auto loaded = config::load(sources, node, part, emptiness);
  return {std::move(sources), std::move(loaded.config), std::move(loaded.effective),
          std::move(loaded.problems), std::move(loaded.notes)};
}

Reading read_file_of(const cli::Arguments& arguments, config::Part part) {
  auto sources = config::read_sources(arguments.config);
  if (!sources) return unreadable(arguments.config, sources.error());
  return judge_sources(std::move(*sources), config::node_of_this_host(arguments.node), part,
                       emptiness_of(arguments));
}

Reading read_file_over(const cli::Arguments& arguments, const std::function<Holdings()>& held) {
  auto reading = read_file_of(arguments);
  const bool may_leave_nothing = reading.config.network.links.empty() || reading.config.services.empty();
  if (!reading.good() || !may_leave_nothing || emptiness_of(arguments) == config::Emptiness::kAllowed)
    return reading;
  if (const auto refusal = refusal_to_empty(held(), reading.config))
    reading.problems.push_back({.file = arguments.config.string(),
                                .line = 0,
                                .column = 0,
                                .key = {},
                                .what = fmt::format("{}: {}", arguments.config.string(), *refusal)});
  return reading;
}

Reading read_last_good_of(const cli::Arguments& arguments) {
  auto good = config::read_last_good(arguments.state_dir, "netd");
  if (!good && good.error().code == ENOENT)
    return unreadable(arguments.state_dir, {"no last good file was kept", ENOENT});
  if (!good) return unreadable(arguments.state_dir, good.error());
  auto node = config::node_of_this_host(arguments.node);
  node.kept = good->node;
  // What was applied once may be applied again, also when it was asked to take everything away.
  return judge_sources(std::move(good->sources), node, config::Part::kNetd, config::Emptiness::kAllowed);
}

std::string boot_id() {
  const auto text = read_file(kBootIdFile);
  return text ? first_word(*text) : "";
}

Result<Made> read_journal(const cli::Arguments& arguments) {
  const auto file = journal_file(arguments);
  const auto text = read_file(file);
  if (!text) {
    if (text.error().code == ENOENT) return Made{boot_id(), {}, {}};
    return tl::unexpected(text.error());
  }
  auto made = decode_journal(*text);
  if (!made) return fail("{}: {}", file.string(), made.error().text);
  return of_this_boot(std::move(*made), boot_id());
}

Holdings held_here(const cli::Arguments& arguments, Kernel& kernel) {
  const auto made = read_journal(arguments);
  const auto observed = kernel.observe(kNetworkOnly);
  if (!made || !observed) return {};
  JournalBook book(*made, {});
  book.saw(*observed);
  return holdings(book.names(), observed->state);
}

Status write_journal(const cli::Arguments& arguments, const std::string& text) {
  return write_atomically(journal_file(arguments), text);
}

config::DevicesByPath devices_by_path() {
  namespace fs = std::filesystem;
  config::DevicesByPath paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/sys/class/net", error)) {
    // A virtio card sits on a virtio bus, which sits on PCI: the path is that of the nearest PCI device.
    auto device = fs::canonical(entry.path() / "device", error);
    for (; !error && device.has_relative_path(); device = device.parent_path()) {
      const auto bus = fs::read_symlink(device / "subsystem", error);
      if (!error && bus.filename() == "pci") break;
      error.clear();
    }
    if (!error && device.has_relative_path())
      paths.emplace("pci-" + device.filename().string(), entry.path().filename().string());
  }
  return paths;
}

void make_directories(const cli::Arguments& arguments) {
  // What cannot be made is said by whoever needs it first.
  std::error_code ignored;
  std::filesystem::create_directories(arguments.runtime_dir, ignored);
  std::filesystem::create_directories(arguments.state_dir, ignored);
}

std::filesystem::path control_socket(const cli::Arguments& arguments) {
  return arguments.runtime_dir / "netd.sock";
}

}  // namespace hawser::netd
