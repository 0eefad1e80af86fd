#include "vipd/provider/driver.h"

#include "vipd/provider/exec.h"
#include "vipd/provider/hetzner_cloud.h"
#include "vipd/provider/hetzner_robot.h"
#include "vipd/provider/webhook.h"

namespace hawser::vipd::provider {

std::unique_ptr<Driver> driver_for(Kind kind, std::string place) {
  switch (kind) {
    case Kind::kHetznerRobot:
      return std::make_unique<HetznerRobot>();
    case Kind::kHetznerCloud:
      return std::make_unique<HetznerCloud>();
    case Kind::kWebhook:
      return std::make_unique<Webhook>(std::move(place));
    case Kind::kExec:
      return std::make_unique<Exec>();
  }
  return nullptr;
}

Credentials credentials_of(Kind kind) {
  if (kind == Kind::kExec) return Credentials::kNone;
  return kind == Kind::kWebhook ? Credentials::kOptional : Credentials::kNeeded;
}

}  // namespace hawser::vipd::provider
