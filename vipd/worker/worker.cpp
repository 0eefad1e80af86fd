#include "vipd/worker/worker.h"

#include <cerrno>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <malloc.h>

#include "lib/config/host_file.h"
#include "lib/daemon/channel.h"
#include "lib/daemon/child.h"
#include "lib/daemon/daemon_events.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "vipd/addresses/secondaries.h"

namespace hawser::vipd {

namespace {

FileReading reading_of(config::HostFile file) {
  FileReading result;
  result.reading.problems = std::move(file.problems);
  result.notes = std::move(file.notes);
  if (!result.reading.problems.empty()) return result;
  result.reading.settings = settings_of(file.config);
  result.sources = std::move(file.sources);
  return result;
}

}  // namespace

FileReading read_files(const Files& files, bool may_use_last_good, config::Emptiness emptiness) {
  auto result = reading_of(config::read_host_file(files.config, files.node, config::Part::kVipd, emptiness));
  if (result.reading.settings || !may_use_last_good) return result;
  auto kept = config::read_kept_file(files.state_directory, "vipd", files.node, config::Part::kVipd);
  if (!kept && kept.error().code != ENOENT)
    result.reading.problems.push_back(config::unreadable(files.config, kept.error()).problems.front());
  if (!kept || !kept->good()) return result;
  auto last = reading_of(std::move(*kept));
  last.reading.last_good = true;
  last.reading.problems = std::move(result.reading.problems);
  last.sources.clear();  // kept already
  return last;
}

FileReading judge_whole(const Files& files) {
  return reading_of(
      config::read_host_file(files.config, files.node, config::Part::kAll, config::Emptiness::kRefused));
}

namespace {

class Worker {
 public:
  Worker(boost::asio::io_context& context, Fd socket)
      : context_(context),
        channel_(
            context, std::move(socket), [this](const boost::json::object& message) { take(message); },
            [this] { context_.stop(); }) {}

 private:
  void take(const boost::json::object& message) {
    const auto request = decode_to_worker(message);
    if (!request) return tell({.level = Level::kError, .object = "worker", .what = request.error().text});
    std::visit([this](const auto& what) { carry_out(what); }, *request);
  }

  // The first reading is given unasked.
  void carry_out(const Begin& begin) {
    files_ = begin.files;
    // Under systemd the unit makes it. Where it cannot be made, whoever needs it says so.
    std::error_code ignored;
    std::filesystem::create_directories(files_.state_directory, ignored);
    promoter_.emplace(files_.state_directory, [this](const Event& event) { tell(event); });
    answer(read_files(files_, true));
  }
  void carry_out(const ReadFile& read) { answer(read_files(files_, false, read.emptiness)); }
  void carry_out(const KeepLastGood&) {
    if (latest_.sources.empty() || !latest_.reading.settings) return;
    const auto kept = config::keep_last_good(files_.state_directory, "vipd",
                                             {latest_.reading.settings->node, latest_.sources});
    if (!kept) tell(trouble_event(EventKind::kStorage, kept.error()));
  }
  void carry_out(const Secure& secure) {
    if (!promoter_) return;
    if (const auto done = promoter_->want(secure.interfaces); !done)
      tell(trouble_event(EventKind::kStorage, done.error()));
  }
  void carry_out(const Release&) {
    carry_out(Secure{});
    // What was told on the way still has to get out.
    channel_.send_and_end();
  }

  void answer(FileReading reading) {
    latest_ = std::move(reading);
    channel_.send(encode(latest_.reading));
    malloc_trim(0);  // the services of the file are netd's business; what reading them took goes back
  }
  void tell(const Event& event) { channel_.send(encode(event)); }

  boost::asio::io_context& context_;
  Files files_;
  FileReading latest_;
  std::optional<Promoter> promoter_;
  Channel channel_;
};

}  // namespace

int run_worker() {
  auto socket = become_child();
  if (!socket) {
    log::write({.level = Level::kError, .object = "vipd-worker", .what = socket.error().text});
    return kUsage;
  }
  boost::asio::io_context context(1);
  const Worker worker(context, std::move(*socket));
  context.run();
  return kDone;
}

}  // namespace hawser::vipd
