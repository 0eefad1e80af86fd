// An answer that is owed: what was asked for takes longer than a request may. The handler keeps it and gives
// the response when there is one; meanwhile the connection waits. Who went away is not waited for.
#pragma once

#include <functional>
#include <optional>

#include "lib/control/message.h"

namespace hawser::control {

class Later {
 public:
  // Once; a second one goes nowhere.
  void give(Response response) {
    if (answer_) return;
    answer_ = std::move(response);
    if (wake_) wake_();
  }
  // Whoever asked is gone: nobody hears the answer.
  [[nodiscard]] bool abandoned() const { return abandoned_; }

  // For the session.
  [[nodiscard]] const std::optional<Response>& answer() const { return answer_; }
  void on_given(std::function<void()> wake) { wake_ = std::move(wake); }
  void abandon() { abandoned_ = true; }

 private:
  std::optional<Response> answer_;
  std::function<void()> wake_;
  bool abandoned_ = false;
};

}  // namespace hawser::control
