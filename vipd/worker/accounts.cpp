#include "vipd/worker/accounts.h"

#include "vipd/provider/run_program.h"

namespace hawser::vipd {

namespace {
constexpr Milliseconds kToAnswer{10'000};
}  // namespace

provider::Settings account_settings(const config::Provider& from, const Files& files) {
  provider::Settings settings;
  settings.kind = *from_name<provider::Kind>(name_of(*from.kind));
  settings.credentials = from.credentials;
  settings.endpoint = settings.kind == provider::Kind::kWebhook ? from.url : from.endpoint;
  settings.ca = from.ca;
  settings.proxy = from.proxy;
  settings.timeout = from.timeout;
  settings.state_dir = files.state_directory;
  // The runner has a limit of its own, and may be at another address of the same provider.
  const auto deadline = 2 * from.timeout + kToAnswer;
  settings.run =
      provider::run_by_runner(files.runtime_directory / "runner.sock", "provider." + from.name, deadline);
  return settings;
}

}  // namespace hawser::vipd
