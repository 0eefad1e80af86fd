// An address that somebody removes again and again although it is put back each time: a script, another
// manager. It is news once, and no longer when it has been left alone for a while. Pure: the time comes in.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "lib/base/duration.h"
#include "lib/base/sparse.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

class Fights {
 public:
  static constexpr std::size_t kMany{5};         // so often
  static constexpr Milliseconds kWithin{60000};  // within this time; and so long alone, it is over

  // It was removed, and is put back. Whether that makes it a fight.
  bool lost(const AddressKey& address, TimePoint now);
  [[nodiscard]] bool is_on(const AddressKey& address) const;
  [[nodiscard]] std::vector<AddressKey> going_on() const;
  // Those that are over.
  std::vector<AddressKey> settle(TimePoint now);
  // When the first of them may be.
  [[nodiscard]] std::optional<TimePoint> due() const;
  void clear() { known_.clear(); }

 private:
  struct Losses {
    std::deque<TimePoint> last;  // at most kMany
    bool fight = false;
  };
  Sparse<std::map<AddressKey, Losses>> known_;
};

}  // namespace hawser::vipd
