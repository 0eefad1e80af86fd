// From pools and virtual addresses to what the kernel holds: which address and port a real server has for one
// virtual service.
#pragma once

#include <optional>

#include "lib/config/config.h"

namespace hawser::config {

struct PoolSpec;
struct RealSpec;

// The real server as a value, with what it takes from its pool (checks are filled in by the loader).
Real real_of(const RealSpec& spec, const PoolSpec& pool);

// The real server's address of the virtual address's family with its port (the service's where it has none; 0
// for a mark: the packet's own). nullopt: it has no address of that family and is left out.
std::optional<Endpoint> endpoint_of(const Real& real, const ServiceKey& key);

// The service as the kernel should hold it under `key`, without real servers: the netmask depends on the
// family.
Service service_for(const VirtualService& service, const ServiceKey& key);

}  // namespace hawser::config
