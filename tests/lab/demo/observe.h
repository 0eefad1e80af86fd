// What the kernel says of a load balancer, read from its own text files and not through Hawser's decoders:
// the demo must not believe the code that it judges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hawser::demo {

// /proc/net/bonding/BOND: the port that carries the traffic; empty when there is none.
std::string active_port(std::string_view bonding);

// Of the same file: the ports whose MII status is up, in the file's order.
std::vector<std::string> ports_up(std::string_view bonding);

// /proc/net/ip_vs: the real servers of every service with a weight above 0, as "198.51.100.21:8080", sorted.
std::vector<std::string> real_servers(std::string_view ip_vs);

// /proc/net/fib_trie: whether the address is one of the host's own.
bool holds_address(std::string_view fib_trie, std::string_view address);

// The one thing that no kernel tells. `vipctl status --json`: the role of its first vip; empty when it does
// not answer.
std::string first_role(std::string_view status);

}  // namespace hawser::demo
