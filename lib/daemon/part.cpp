#include "lib/daemon/part.h"

#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <fcntl.h>

namespace hawser {
namespace {

Result<Fd> open_program(const Result<std::filesystem::path>& program) {
  if (!program) return tl::unexpected(program.error());
  const Fd opened(::open(program->c_str(), O_PATH | O_CLOEXEC));
  // Above the child's socket: it goes by the number.
  Fd kept(opened ? ::fcntl(opened.get(), F_DUPFD_CLOEXEC, Child::kSocket + 1) : -1);
  if (!kept) return fail_with(errno, "start {}: {}", program->native(), std::strerror(errno));
  return kept;
}

}  // namespace

Part::Part(boost::asio::io_context& context, const Result<std::filesystem::path>& program,
           Callbacks callbacks)
    : context_(context),
      name_(program ? program->filename().native() : std::string()),
      program_(open_program(program)),
      callbacks_(std::move(callbacks)),
      timer_(context) {}

Status Part::start() {
  if (!program_) return tl::unexpected(program_.error());
  auto child =
      Child::start(context_, {.path = fmt::format("/proc/self/fd/{}", program_->get()), .name = name_},
                   [this](const Ending& ending) { died(ending); });
  if (!child) return tl::unexpected(child.error());
  child_ = std::move(*child);
  started_ = std::chrono::steady_clock::now();
  // That it is gone died() tells, with the reason.
  channel_ = std::make_unique<Channel>(context_, child_->take_socket(), callbacks_.heard, [this] { kill(); });
  callbacks_.started();
  return {};
}

void Part::keep_running() {
  const auto begun = start();
  if (begun) return;
  start_later(restart_.longest);
  callbacks_.not_started(begun.error());
}

void Part::stop() {
  timer_.cancel();
  channel_.reset();
  child_.reset();
}

void Part::kill() {
  if (child_) child_->kill();
}

void Part::send(const boost::json::object& message) {
  if (channel_) channel_->send(message);
}

void Part::died(const Ending& ending) {
  channel_.reset();
  child_.reset();
  if (going_) return callbacks_.ended(ending, std::nullopt);
  const auto ran = std::chrono::steady_clock::now() - started_;
  const auto next = after_death(restart_, std::chrono::duration_cast<Milliseconds>(ran));
  restart_ = next.next;
  start_later(next.wait);
  callbacks_.ended(ending, next.wait);
}

void Part::start_later(Milliseconds pause) {
  timer_.expires_after(pause);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !child_) keep_running();
  });
}

Result<std::filesystem::path> part_program(std::string_view name) {
  std::error_code unknown;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown) return fail("start {}: /proc/self/exe: {}: is /proc mounted?", name, unknown.message());
  const auto beside = self.parent_path() / name;
  if (std::filesystem::exists(beside, unknown)) return beside;
  return self.parent_path().parent_path() / "libexec/hawser" / name;
}

}  // namespace hawser
