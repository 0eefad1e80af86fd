// The last events, for who asks later. Pure: the time comes in.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <vector>

#include "lib/base/bytes.h"
#include "lib/events/event.h"

namespace hawser {

struct EventRecord {
  std::uint64_t id = 0;  // from 1, rising by one as long as the process lives
  std::chrono::system_clock::time_point at;
  Event event;

  bool operator==(const EventRecord&) const = default;
};

class EventRing {
 public:
  static constexpr std::size_t kMost = 1000;

  // As it is remembered.
  EventRecord add(Event event, std::chrono::system_clock::time_point at);
  // Oldest first.
  [[nodiscard]] std::vector<EventRecord> records() const;
  // How many were pushed out.
  [[nodiscard]] std::uint64_t forgotten() const { return last_ - records_.size(); }

 private:
  // Written out: an Event has room for six texts, and of most of a thousand two are there. They are read by
  // hand, and rarely.
  std::deque<Bytes> records_;
  std::uint64_t last_ = 0;
};

}  // namespace hawser
