// Which service and which real server the words of a command line mean. Pure.
#pragma once

#include <span>
#include <string>

#include "lib/state/ipvs.h"

namespace hawser::lbctl {

using Words = std::span<const std::string>;

struct TargetService {
  ServiceKey key;
  Words rest;  // behind it
};
// "tcp 192.0.2.100:80" as one word or as two.
Result<TargetService> target_service(Words words);

// "198.51.100.21:8080"; without a port the service's.
Result<Endpoint> target_real(const std::string& word, const ServiceKey& key);

}  // namespace hawser::lbctl
