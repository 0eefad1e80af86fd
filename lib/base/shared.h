// A value that many objects have alike: as small as a pointer in each of them, and there once for those that
// a Sharer brought together. Compared by what it holds; who changes it has one of its own from then on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace hawser {

template <class T>
class Shared {
 public:
  Shared() : node_(unchanged()) {}
  explicit Shared(T value) : node_(new Node(std::move(value))) {}
  // No move: what was moved from would hold nothing.
  Shared(const Shared&) noexcept = default;
  Shared& operator=(const Shared&) noexcept = default;
  ~Shared() = default;

  const T& operator*() const { return node_->value; }
  const T* operator->() const { return &node_->value; }
  // To be written to at once: a copy that is made while the reference is kept changes with it.
  T& change() {
    if (node_->use_count() > 1) node_ = new Node(node_->value);
    return node_->value;
  }
  [[nodiscard]] bool is_same_as(const Shared& other) const { return node_ == other.node_; }

  friend bool operator==(const Shared& one, const Shared& other) {
    return one.is_same_as(other) || *one == *other;
  }

 private:
  struct Node : boost::intrusive_ref_counter<Node> {
    Node() = default;
    explicit Node(T from) : value(std::move(from)) {}
    T value{};
  };
  // As a default one is, for all of them.
  static const boost::intrusive_ptr<Node>& unchanged() {
    static const boost::intrusive_ptr<Node> node(new Node);
    return node;
  }

  boost::intrusive_ptr<Node> node_;
};

// Brings together those that are equal. It knows the last few kinds alone, so that ten thousand that all
// differ are not compared with one another.
template <class T>
class Sharer {
 public:
  void share(Shared<T>& value) {
    const auto found = std::ranges::find(kinds_, value);
    if (found != kinds_.end()) {
      value = *found;
      return;
    }
    kinds_.push_back(value);
    if (kinds_.size() > kMostKinds) kinds_.pop_front();
  }

 private:
  static constexpr std::size_t kMostKinds = 16;
  std::deque<Shared<T>> kinds_;
};

}  // namespace hawser
