// An account at a provider: what is asked of it in its name, within its budget.
#pragma once

#include "vipd/provider/budget_file.h"
#include "vipd/provider/call.h"
#include "vipd/provider/fence.h"
#include "vipd/provider/move.h"
#include "vipd/provider/secret.h"

namespace hawser::vipd::provider {

// As people give them: a section of the file, or options and environment.
struct Settings {
  Kind kind = Kind::kHetznerRobot;
  std::string credentials;  // of exec none, of a webhook as it likes
  std::string endpoint;     // empty: the provider's own; of a webhook its URL
  RunProgram run;           // of exec
  std::filesystem::path ca;
  std::string proxy;  // empty: as the environment has it
  Milliseconds timeout{30'000};
  std::filesystem::path state_dir;
};

// From 0 to below 1, for those who wait.
double chance();

class Account {
 public:
  // Errors are about the settings: nothing was asked yet.
  static Result<Account> open(const Settings& settings);

  // For the log: what is going on, a line each. What the budget's file says no to is told there too.
  using Tell = std::function<void(const std::string&)>;

  boost::asio::awaitable<Answer> ask(boost::asio::any_io_executor executor, Call call, Tell tell);
  boost::asio::awaitable<End> move(boost::asio::any_io_executor executor, Wish wish, Tell tell);
  boost::asio::awaitable<FenceEnd> fence(boost::asio::any_io_executor executor, FenceWish wish, Tell tell);

  [[nodiscard]] bool is_same(const std::string& one, const std::string& other) const {
    return driver_->is_same(one, other);
  }
  [[nodiscard]] Power power() const { return driver_->power(); }
  // Within the window of the account, as far as this host knows.
  struct Left {
    unsigned reads = 0, switches = 0;
  };
  std::optional<Left> left();  // nullopt: nobody counts

 private:
  Account(std::unique_ptr<Driver> driver, Way way, std::optional<BudgetFile> budget, WallTime secret_changed)
      : driver_(std::move(driver)),
        way_(std::move(way)),
        budget_(std::move(budget)),
        secret_changed_(secret_changed) {}

  // `changing` as for carry_out().
  boost::asio::awaitable<Answer> ask_within_budget(boost::asio::any_io_executor executor, Call call,
                                                   Tell tell, std::function<void()> changing);
  boost::asio::awaitable<Answer> reset(boost::asio::any_io_executor executor, FenceWish wish, Tell tell);
  std::function<void()> write_down(const FenceWish& wish, const Tell& tell, bool& sent);
  void note_reset(const FenceWish& wish, const Answer& answer, const Tell& tell);
  std::optional<Answer> reset_before(const FenceWish& wish, const Tell& tell);
  std::optional<Answer> over_budget(Ask ask, const Tell& tell);
  void note(Ask ask, const Answer& answer, const Tell& tell);
  void use(const Tell& tell, const std::function<void(Budget&)>& change);

  std::unique_ptr<Driver> driver_;
  Way way_;
  std::optional<BudgetFile> budget_;
  WallTime secret_changed_;
};

}  // namespace hawser::vipd::provider
