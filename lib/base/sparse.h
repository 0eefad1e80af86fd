// A container that is empty in nearly all of a thousand objects: as small as a pointer as long as it is.
// Copied and compared by what it holds.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "lib/base/rare.h"

namespace hawser {

template <class Container>
class Sparse {
 public:
  Sparse() = default;
  explicit Sparse(Container all) {
    if (!all.empty()) all_ = std::move(all);
  }

  // To read.
  const Container& operator*() const { return all_ ? *all_ : kNone; }
  const Container* operator->() const { return &**this; }
  // To put something in.
  Container& fill() {
    if (!all_) all_ = Container();
    return *all_;
  }
  void clear() { all_.reset(); }
  template <class Key>
  void erase(const Key& key) {
    if (all_) all_->erase(key);
    let_go();
  }
  // How many went.
  template <class Predicate>
  auto erase_if(Predicate predicate) {
    const auto gone = all_ ? std::erase_if(*all_, predicate) : 0;
    let_go();
    return gone;
  }

  friend bool operator==(const Sparse& one, const Sparse& other) { return *one == *other; }

 private:
  void let_go() {
    if (all_ && all_->empty()) all_.reset();
  }

  inline static const Container kNone{};
  Rare<Container> all_;
};

}  // namespace hawser
