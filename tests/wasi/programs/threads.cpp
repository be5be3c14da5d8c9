// std::thread and what belongs to it, on wasi-threads; the same output natively. See run.sh.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <future>
#include <iostream>
#include <mutex>
#include <numeric>
#include <queue>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

// A queue that producers and consumers share.
class Channel {
 public:
  void Send(int value) {
    std::lock_guard lock(mutex_);
    values_.push(value);
    filled_.notify_one();
  }
  int Receive() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return !values_.empty(); });
    const int value = values_.front();
    values_.pop();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::queue<int> values_;
};

int main() {
  Channel channel;
  std::atomic<long> received{0};
  std::vector<std::thread> threads;
  for (int consumer = 0; consumer < 3; ++consumer) {
    threads.emplace_back([&] {
      for (int value; (value = channel.Receive()) >= 0;) received += value;
    });
  }
  for (int producer = 0; producer < 3; ++producer) {
    threads.emplace_back([&channel, producer] {
      for (int i = 0; i < 2000; ++i) channel.Send(i * 3 + producer);
    });
  }
  for (int i = 3; i < 6; ++i) threads[static_cast<std::size_t>(i)].join();
  for (int i = 0; i < 3; ++i) channel.Send(-1);
  for (int i = 0; i < 3; ++i) threads[static_cast<std::size_t>(i)].join();
  std::cout << "received " << received << '\n';

  std::vector<std::future<long long>> parts;
  for (long long part = 0; part < 4; ++part) {
    parts.push_back(std::async(std::launch::async, [part]() -> long long {
      std::vector<long long> numbers(100000);
      std::iota(numbers.begin(), numbers.end(), part * 100000LL);
      return std::accumulate(numbers.begin(), numbers.end(), 0LL) % 1000007;
    }));
  }
  for (auto& part : parts) std::cout << "part " << part.get() << '\n';

  std::once_flag once;
  std::shared_mutex shared;
  int initialised = 0, read = 0;
  std::mutex count;
  threads.clear();
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      std::call_once(once, [&] { ++initialised; });
      if (i == 0) {
        const std::unique_lock lock(shared);
        ++initialised;
      } else {
        const std::shared_lock lock(shared);
        const std::lock_guard counted(count);
        ++read;
      }
      thread_local std::string name;
      name += "data/cpp" + std::to_string(i);
      std::ofstream(name) << "thread " << i;
    });
  }
  for (auto& thread : threads) thread.join();
  std::cout << "initialised " << initialised << ", read " << read << '\n';
  for (int i = 0; i < 6; ++i) {
    const std::string name = "data/cpp" + std::to_string(i);
    std::string line;
    std::getline(std::ifstream(name) >> std::ws, line);
    std::cout << line << '\n';
    std::remove(name.c_str());
  }

  const auto begin = std::chrono::steady_clock::now();
  std::thread sleeper([] { std::this_thread::sleep_for(std::chrono::milliseconds(30)); });
  sleeper.join();
  std::cout << "slept "
            << (std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(30)) << '\n';
  std::cout << "other thread "
            << (std::async(std::launch::async, std::this_thread::get_id).get() !=
                std::this_thread::get_id())
            << '\n';
  return 8;
}
