// Who answers for an address: asks the segment for it all the time, by ARP or by neighbour solicitation as a
// broadcast, and keeps each reply. Which host a reply is from is told by the port of the switch that it came
// in by, so that two hosts with one virtual MAC are two all the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/overlap.h"
#include "tests/support/switch.h"

namespace hawser::lab {

class Answers {
 public:
  // Asks from now on, every 10 ms. Throws Failure when the socket is refused.
  Answers(const Switch& segment, const std::string& address);
  Answers(Answers&&) noexcept;
  Answers& operator=(Answers&&) = delete;
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;
  ~Answers();

  // So far, in order; the time is the kernel's, since 1970 (CLOCK_REALTIME).
  [[nodiscard]] std::vector<Answer> all() const;
  [[nodiscard]] std::size_t of(const std::string& host) const;
  // Waits until that host answers and no other does.
  [[nodiscard]] bool come_from(const std::string& host, Duration within = 20s) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hawser::lab
