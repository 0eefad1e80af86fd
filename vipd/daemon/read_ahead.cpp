#include "vipd/daemon/read_ahead.h"

#include <boost/asio.hpp>

namespace hawser::vipd {

namespace {

constexpr Milliseconds kToBeRead{4000};  // less than who asks waits

Files that_only_reads(Files files) {
  files.only_reads = true;
  return files;
}

}  // namespace

ReadAhead::ReadAhead(boost::asio::io_context& context, Files files, config::Emptiness emptiness, Done done)
    : context_(context),
      emptiness_(emptiness),
      done_(std::move(done)),
      worker_(context, that_only_reads(std::move(files)),
              {.reading = [this](const Reading& reading, std::uint64_t /*answers*/) { take(reading); }},
              [this](const Event& event) { end(fail("{}", line_of(event))); }),
      patience_(context) {}

Status ReadAhead::start() {
  if (auto begun = worker_.start(); !begun) return begun;
  patience_.expires_after(kToBeRead);
  patience_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) end(fail("worker: the file was not read within {}", format_duration(kToBeRead)));
  });
  return {};
}

// What it reads of itself is never allowed to be empty.
void ReadAhead::take(const Reading& reading) {
  if (std::exchange(emptiness_, config::Emptiness::kRefused) == config::Emptiness::kAllowed)
    return worker_.read(config::Emptiness::kAllowed);
  end(reading);
}

// Not from within the worker's own call: it may go with this object.
void ReadAhead::end(Result<Reading> result) {
  if (!done_) return;
  patience_.cancel();
  boost::asio::post(context_,
                    [done = std::exchange(done_, {}), result = std::move(result)] { done(result); });
}

}  // namespace hawser::vipd
