#include "vipd/provider/driver.h"

#include "vipd/provider/hetzner_cloud.h"
#include "vipd/provider/hetzner_robot.h"

namespace hawser::vipd::provider {

std::unique_ptr<Driver> driver_for(Kind kind) {
  switch (kind) {
    case Kind::kHetznerRobot:
      return std::make_unique<HetznerRobot>();
    case Kind::kHetznerCloud:
      return std::make_unique<HetznerCloud>();
  }
  return nullptr;
}

}  // namespace hawser::vipd::provider
