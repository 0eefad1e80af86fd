// The same task as a file for Hawser and as one for keepalived. Pure.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "lib/base/names.h"

namespace hawser::bench {

enum class Product : std::uint8_t { kHawser, kKeepalived };

// Where the pair's floating address is, and how often it is advertised.
inline constexpr std::string_view kFloating = "192.0.2.100";
inline constexpr std::chrono::milliseconds kAdvertisement{100};
inline constexpr int kHighPriority = 150;
inline constexpr int kLowPriority = 100;

// What a pair of hosts has: the floating address and so many more (RFC 2544's 198.18.0.0/15), all of one
// virtual router.
struct PairPlan {
  std::chrono::milliseconds interval = kAdvertisement;
  int addresses = 1;
  std::string store{};  // hawser: where they live; empty: on the interface
};
// The last of them.
std::string last_address(const PairPlan& plan);
// Two hosts lb1 and lb2. Hawser's file is the same for both; keepalived's is for `node`.
std::string pair_file(Product product, std::string_view node, const PairPlan& plan = {});

// So many virtual routers with an address each, of an interval of one second, no more than 250 on each of
// eth0, eth1, ...
inline constexpr int kRoutersEach = 250;
std::string routers_file(Product product, std::string_view node, int routers);

// One service with one real server, probed by TCP connect every 100 ms, out after the first failure.
std::string removal_file(Product product);

// `services` services with four real servers each, probed by TCP connect every `interval`; and the pair's
// address.
std::string large_file(Product product, int services, std::chrono::seconds interval);
inline constexpr int kFirstPort = 10000;  // of service number 0; the real servers listen on the same

}  // namespace hawser::bench

template <>
inline constexpr std::array<hawser::Name<hawser::bench::Product>, 2> hawser::kNames<hawser::bench::Product>{{
    {hawser::bench::Product::kHawser, "hawser"},
    {hawser::bench::Product::kKeepalived, "keepalived"},
}};
