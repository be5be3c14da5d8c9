# What CRuby runs in the program tests; what it must print is at the end. See run.sh.
$stdout.sync = true
require 'json'
class Fib
  include Enumerable
  def each
    a, b = 0, 1
    loop { yield a; a, b = b, a + b }
  end
end
puts Fib.new.lazy.select(&:even?).first(8).inspect
File.write("/data/out.json", JSON.generate({"words" => %w[b a c].sort, "t" => 3.5, "big" => 2**100}))
puts JSON.parse(File.read("/data/out.json")).inspect
begin
  raise ArgumentError, "caught"
rescue => e
  puts "#{e.class}: #{e.message}"
end
puts Dir.children("/data").sort.inspect
puts (1..20).reduce(:*), "ünïcode".upcase, [3,1,2].sort_by { -_1 }.inspect
f = Fiber.new { Fiber.yield 1; 2 }
puts f.resume, f.resume

# > [0, 2, 8, 34, 144, 610, 2584, 10946]
# > {"words"=>["a", "b", "c"], "t"=>3.5, "big"=>1267650600228229401496703205376}
# > ArgumentError: caught
# > ["out.json"]
# > 2432902008176640000
# > ÜNÏCODE
# > [3, 2, 1]
# > 1
# > 2
