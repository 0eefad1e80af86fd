// One direction of one device, by libpcap: our probes, their answers and what announces addresses. Nothing
// else of the project's programs maps libpcap.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bondctl/drill/sample.h"
#include "lib/base/bytes.h"
#include "lib/base/result.h"

struct pcap;

namespace hawser::bondctl::drill {

enum class Direction : std::uint8_t { kIn, kOut };

class Capture {
 public:
  using Take = std::function<void(Micros when, ByteView frame)>;

  // "eth0: capture: You don't have permission .."
  static Result<Capture> open(const std::string& device, Direction direction);
  // What has come since; does not wait.
  void drain(const Take& take);
  // Frames that came faster than they were read.
  [[nodiscard]] unsigned overrun();

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };
  using Handle = std::unique_ptr<pcap, Close>;
  explicit Capture(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
};

}  // namespace hawser::bondctl::drill
