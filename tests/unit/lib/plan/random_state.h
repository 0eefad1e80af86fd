// Random desired states that lib/config would let through, from a fixed seed: what a file can say about four
// cards, two bonds, two VLANs, a dummy, a VRF and three services.
#pragma once

#include <random>

#include "tests/unit/lib/plan/world.h"

namespace hawser::world {

class RandomState {
 public:
  explicit RandomState(unsigned seed) : random_(seed) {}

  State desired();
  // Things that somebody else has put beside ours: addresses and routes of other owners, by hand.
  void add_foreign(State& state);

  bool chance(int percent) { return below(100) < percent; }
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

 private:
  template <class T>
  T any(std::initializer_list<T> values) {
    return *(values.begin() + below(static_cast<int>(values.size())));
  }
  Link random_bond(const std::vector<std::string>& ports);
  void random_monitor(Bond& bond);
  void random_options(Bond& bond);
  void random_port_options(Bond& bond);
  void random_addresses(State& state);
  void random_routes(State& state);
  void random_services(State& state);
  Service random_service(const ServiceKey& key);
  RealServer random_real();

  std::mt19937 random_;
};

}  // namespace hawser::world
