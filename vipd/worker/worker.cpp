#include "vipd/worker/worker.h"

#include <cerrno>
#include <iterator>
#include <sstream>

#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/daemon/child.h"
#include "lib/daemon/daemon_events.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "vipd/addresses/secondaries.h"

namespace hawser::vipd {

namespace {

FileReading judge(const std::vector<config::Source>& sources, const config::NodeChoice& node,
                  config::Part part, config::Emptiness emptiness = config::Emptiness::kRefused) {
  const auto loaded = config::load(sources, node, part, emptiness);
  FileReading result;
  result.reading.problems = loaded.problems;
  result.notes = loaded.notes;
  if (!loaded.good()) return result;
  result.reading.settings = settings_of(loaded.config);
  result.sources = sources;
  return result;
}

config::Problem unreadable(const std::filesystem::path& file, const Error& why) {
  return {file.native(), 0, 0, "", why.text};
}

bool wait_for(int fd, short events) {
  pollfd waiting{fd, events, 0};
  while (poll(&waiting, 1, -1) < 0)
    if (errno != EINTR) return false;
  return true;
}

bool send_all(int fd, std::string_view text) {
  for (const auto& piece : split_message(text)) {
    ssize_t sent = 0;
    do {
      if (!wait_for(fd, POLLOUT)) return false;
      sent = send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
    } while (sent < 0 && (errno == EAGAIN || errno == EINTR));
    if (sent < 0) return false;
  }
  return true;
}

// The next request; empty: the other end is gone.
std::string next_request(int fd) {
  std::vector<std::uint8_t> buffer(65536);
  ssize_t length = 0;
  do {
    if (!wait_for(fd, POLLIN)) return {};
    length = recv(fd, buffer.data(), buffer.size(), 0);
  } while (length < 0 && (errno == EAGAIN || errno == EINTR));
  if (length <= 0) return {};
  return Assembler().add(ByteView(buffer).first(static_cast<std::size_t>(length))).value_or("");
}

void keep(const Files& files, const FileReading& latest) {
  if (latest.sources.empty() || !latest.reading.settings) return;
  const auto kept =
      config::keep_last_good(files.state_directory, "vipd", {latest.reading.settings->node, latest.sources});
  if (!kept) log::write(trouble_event(EventKind::kStorage, kept.error()));
}

std::set<std::string> words_of(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), std::istream_iterator<std::string>()};
}

void secure(Promoter& promoter, const std::set<std::string>& interfaces) {
  if (const auto done = promoter.want(interfaces); !done)
    log::write(trouble_event(EventKind::kStorage, done.error()));
}

}  // namespace

FileReading read_files(const Files& files, bool may_use_last_good, config::Emptiness emptiness) {
  const auto sources = config::read_sources(files.config);
  auto result = sources
                    ? judge(*sources, config::node_of_this_host(files.node), config::Part::kVipd, emptiness)
                    : FileReading{};
  if (!sources) result.reading.problems.push_back(unreadable(files.config, sources.error()));
  if (result.reading.settings || !may_use_last_good) return result;
  const auto kept = config::read_last_good(files.state_directory, "vipd");
  if (!kept && kept.error().code != ENOENT)
    result.reading.problems.push_back(unreadable(files.config, kept.error()));
  if (!kept || kept->sources.empty()) return result;
  auto node = config::node_of_this_host(files.node);
  node.kept = kept->node;
  // Also one that was asked to take everything away.
  auto last = judge(kept->sources, node, config::Part::kVipd, config::Emptiness::kAllowed);
  if (!last.reading.settings) return result;
  last.reading.last_good = true;
  last.reading.problems = std::move(result.reading.problems);
  last.sources.clear();  // kept already
  return last;
}

FileReading judge_whole(const Files& files) {
  const auto sources = config::read_sources(files.config);
  if (sources) return judge(*sources, config::node_of_this_host(files.node), config::Part::kAll);
  FileReading result;
  result.reading.problems.push_back(unreadable(files.config, sources.error()));
  return result;
}

int run_worker(const Files& files) {
  const auto socket = become_child();
  if (!socket) {
    log::write(
        {.level = Level::kError, .object = "worker", .cause = {CauseKind::kKernel, socket.error().text}});
    return kUsage;
  }
  // Under systemd the unit makes it. Where it cannot be made, whoever needs it says so.
  std::error_code ignored;
  std::filesystem::create_directories(files.state_directory, ignored);
  Promoter promoter(files.state_directory);
  auto latest = read_files(files, true);
  bool alive = send_all(socket->get(), to_json(latest.reading));
  malloc_trim(0);  // the services of the file are netd's business; what reading them took goes back
  while (alive) {
    const auto request = next_request(socket->get());
    if (request.empty()) break;
    if (request == kKeep) keep(files, latest);
    if (request.starts_with(kSecure)) secure(promoter, words_of(request.substr(kSecure.size())));
    if (request == kRelease) {
      secure(promoter, {});
      break;
    }
    if (request == kRead || request == kReadEmpty) {
      using config::Emptiness;
      latest = read_files(files, false, request == kRead ? Emptiness::kRefused : Emptiness::kAllowed);
      alive = send_all(socket->get(), to_json(latest.reading));
      malloc_trim(0);
    }
  }
  return kDone;
}

}  // namespace hawser::vipd
