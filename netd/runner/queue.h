// Who may run when: of one object one at a time, in the order of their coming; of several, a few at once.
// Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

namespace hawser::netd {

class Queue {
 public:
  using Ticket = std::uint64_t;

  struct Bounds {
    std::size_t running = 16;  // at once
    std::size_t waiting = 8;   // for one object, behind the one that runs
  };

  Queue() = default;
  explicit Queue(Bounds bounds) : bounds_(bounds) {}

  // False: too many wait for this object.
  bool add(Ticket ticket, const std::string& object);
  // Nobody wants it any more; one that runs already is not affected.
  void drop(Ticket ticket);
  // Those whose turn has come, in order; each has its object to itself until `ended`.
  std::vector<Ticket> begin();
  void ended(const std::string& object) { running_.erase(object); }

  [[nodiscard]] std::size_t waiting(const std::string& object) const;

 private:
  struct Entry {
    Ticket ticket;
    std::string object;
  };

  Bounds bounds_{};
  std::deque<Entry> waiting_;
  std::set<std::string> running_;
};

}  // namespace hawser::netd
