// Where operators say what shall be of a real server beside the file: POST /v1/override, as `lbctl drain`,
// `disable` and `enable` do. What is said is on the disk before it is done and before it is answered.
#pragma once

#include <filesystem>

#include "lib/control/message.h"
#include "netd/controller.h"

namespace hawser::netd {

class OverrideDesk {
 public:
  using Now = std::function<Overrides::Clocks()>;

  // `file`: STATE_DIR/netd.overrides.
  OverrideDesk(Controller& controller, std::filesystem::path file, Tell tell, Now now);

  // What earlier runs were told; one that cannot be read is said, and left where it is until somebody says
  // something new.
  void read();
  // 400: not such a request; 404: no such real server, naming those that there are; 507: it cannot be kept.
  control::Response answer(const control::Request& request);

 private:
  struct Asked {
    OverrideKey key;
    Override what = Override::kNone;
    std::optional<Milliseconds> within;
    bool dry_run = false;
  };
  static Result<Asked> parse(const std::string& body);
  [[nodiscard]] std::vector<std::string> meant(const OverrideKey& key) const;
  [[nodiscard]] std::string no_such(const OverrideKey& key) const;

  Controller& controller_;
  std::filesystem::path file_;
  Tell tell_;
  Now now_;
};

}  // namespace hawser::netd
