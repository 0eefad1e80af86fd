// Packet capture on an interface in a namespace, by libpcap: to memory and, if asked, to a .pcap file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/support/clock.h"
#include "tests/support/namespace.h"

namespace hawser::lab {

struct Packet {
  std::chrono::nanoseconds time{};  // since 1970, by the kernel (CLOCK_REALTIME), to the microsecond
  std::vector<std::uint8_t> bytes;  // from the Ethernet header on
};

class Capture {
 public:
  struct Options {
    std::string filter{};          // pcap-filter(7); empty: everything
    std::filesystem::path file{};  // also written here
  };

  // Captures when the constructor returns. Throws Failure: no such interface, a filter that does not compile.
  Capture(const Namespace& where, const std::string& interface) : Capture(where, interface, Options{}) {}
  Capture(const Namespace& where, const std::string& interface, const Options& options);
  Capture(Capture&&) noexcept;
  Capture& operator=(Capture&&) = delete;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture();

  // What was captured so far, in order; after stop() it is all.
  [[nodiscard]] std::vector<Packet> packets() const;
  [[nodiscard]] size_t count() const;
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hawser::lab
