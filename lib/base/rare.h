// A value that is rarely there: as small as a pointer while it is not, where std::optional is as large as the
// value. Copied and compared by what it holds. A thousand routers with a dozen such members each are
// megabytes.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace hawser {

template <class T>
class Rare {
 public:
  Rare() = default;
  Rare(const Rare& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Rare(Rare&& other) noexcept = default;
  explicit Rare(std::optional<T> value) {
    if (value) value_ = std::make_unique<T>(std::move(*value));
  }
  Rare& operator=(Rare other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  Rare& operator=(T value) {
    value_ = std::make_unique<T>(std::move(value));
    return *this;
  }
  ~Rare() = default;

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  void reset() { value_.reset(); }
  [[nodiscard]] std::optional<T> optional() const {
    return value_ ? std::optional<T>(*value_) : std::nullopt;
  }

  friend bool operator==(const Rare& one, const Rare& other) { return one.optional() == other.optional(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace hawser
